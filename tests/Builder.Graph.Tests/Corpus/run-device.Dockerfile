FROM scratch
RUN --device=vendor.com/class=dev a
