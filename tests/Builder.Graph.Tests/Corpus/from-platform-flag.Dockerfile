FROM --platform=linux/arm64 base
RUN x
