"""Export: to Paddle Inference, to ONNX, to 8 bits."""
