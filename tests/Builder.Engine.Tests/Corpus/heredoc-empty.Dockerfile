FROM scratch
COPY <<E /empty
E
