FROM scratch
COPY conf/.hidden /
COPY conf/.* /h/
COPY conf /c/
