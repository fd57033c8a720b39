#: arg=FILE=world.txt
FROM scratch
ARG FILE=hello.txt
ARG TO=/to
COPY $FILE $TO/
COPY ${FILE%.txt}.txt $TO/again
