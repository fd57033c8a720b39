FROM corpus/base
WORKDIR a
WORKDIR b/../c/
RUN pwd > where
WORKDIR /
WORKDIR "x y"
COPY hello.txt .
