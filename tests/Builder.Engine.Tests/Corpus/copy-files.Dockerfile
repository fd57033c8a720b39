FROM corpus/base
COPY hello.txt /
COPY hello.txt /renamed
COPY hello.txt world.txt /both/
COPY hello.txt /dir/
COPY hello.txt /dot/.
COPY hello.txt opt
COPY hello.txt world.txt /last-wins
COPY ["with space.txt", "/kept with/"]
WORKDIR /w
COPY hello.txt .
COPY hello.txt sub/
COPY hello.txt ./renamed
COPY ../../hello.txt ../up
