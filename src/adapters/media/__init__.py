"""Pictures, sound and text as libav, numpy and Pillow see them: probing, compositing, mixing, encoding."""
