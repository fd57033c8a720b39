FROM scratch
WORKDIR /w
COPY ../../a/./b/../c d/.
COPY x $none
