"""Finds the words of whole photographs and reads them."""
