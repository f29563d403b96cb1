"""What goes in: images, their size in visual tokens. Not what a model makes of them."""
