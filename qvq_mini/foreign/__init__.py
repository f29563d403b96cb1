"""Pictures in other hands: the test of whether a model reads drawings that are not this project's.

The facts are drawn by the kit, as for every fresh case, but from seeds that no training uses; then
  restyled    the kit's own drawing after what happens to pictures: JPEG, rotation, margins, resizing, blur;
  matplotlib  the facts are drawn anew with matplotlib, in the fonts and styles found on this machine;
  html        they are a spreadsheet, a web page's table or an SVG, and chromium takes the screenshot.
No picture may be needed for training or for choosing between trainings: this is the test.
"""
