"""Reads with the decoder's step: the best of many readings, words of a lexicon, or texts that match a pattern."""
