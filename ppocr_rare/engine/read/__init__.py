"""Reading words: images, models of every engine, and the recogniser over them."""
