FROM corpus/base
COPY --link hello.txt /var/run/here
COPY --link conf /opt/old
COPY --link --chown=3:4 --chmod=600 hello.txt /linked/deep/file
COPY --link hello.txt /bin/
WORKDIR /w
COPY --link hello.txt rel/
