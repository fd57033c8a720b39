FROM corpus/base
RUN ln -s /opt /link
WORKDIR /link
COPY hello.txt .
COPY world.txt sub/
