FROM scratch
COPY --chown="1:2" --chmod=u\+x a b
