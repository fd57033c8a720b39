FROM scratch
ONBUILD COPY <<E /x
1
E
