"""The network: transform, backbone, neck and head, each in a folder of its own, joined by ``architectures``."""
