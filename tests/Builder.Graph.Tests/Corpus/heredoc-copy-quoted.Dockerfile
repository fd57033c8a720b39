FROM scratch
ENV A=1
COPY <<"E" /x
$A
E
