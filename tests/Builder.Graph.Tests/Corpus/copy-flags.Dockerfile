FROM scratch
COPY --chown=1:2 --chmod=u+x --exclude=*.x --exclude=y a b /d/
