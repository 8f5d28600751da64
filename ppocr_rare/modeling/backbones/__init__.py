"""Stage 2: features, [B, C, 1, T]."""

from ppocr_rare.modeling.backbones.rec_mobilenet_v3 import MobileNetV3
from ppocr_rare.modeling.backbones.rec_resnet_vd import ResNet
from ppocr_rare.registry import BACKBONES

BACKBONES.register(MobileNetV3)
BACKBONES.register(ResNet)
