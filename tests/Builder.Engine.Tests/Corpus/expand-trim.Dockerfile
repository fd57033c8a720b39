FROM corpus/base
ENV p=/usr/lib/x.so.1
ENV R1=${p##*/} R2=${p%.*} R3=${p%%.*} R4=${p#/} R5=${p#*/l} R6=${p##/}
WORKDIR $R3
