"""Words over HTTP: what ``ppocr_rare serve`` runs. Nothing else of the package needs the extra ``serve``."""
