"""What goes in: images, clips and boxes, and their cost in visual tokens. Not what a model makes of them."""
