FROM scratch
RUN echo  "a"  b
RUN ["echo", "a b"]
