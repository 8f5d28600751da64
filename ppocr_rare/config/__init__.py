"""The configuration: read from YAML, overridden from the command line, checked whole, then frozen."""

from ppocr_rare.config.load import Config, Section, load_config, make_config

__all__ = ["Config", "Section", "load_config", "make_config"]
