#: arg=B=2
FROM corpus/base
ARG A=1 B C=$A$B D="$A $B"
RUN echo "$A|$B|$C|$D" > /abcd
