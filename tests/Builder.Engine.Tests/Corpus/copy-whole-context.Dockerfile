FROM scratch
COPY --exclude=archives/*t.tar* --exclude=archives/no-* . /all/
