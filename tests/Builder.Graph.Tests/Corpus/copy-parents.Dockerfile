FROM scratch
COPY --parents x/./y/*.c z /d/
