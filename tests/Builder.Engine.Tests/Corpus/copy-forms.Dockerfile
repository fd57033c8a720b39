FROM corpus/base
WORKDIR /w
COPY hello.txt b
COPY hello.txt world.txt c/
COPY ["with space.txt", "/c d/"]
