FROM scratch
ENV a=old
ENV a=1 b=$a
