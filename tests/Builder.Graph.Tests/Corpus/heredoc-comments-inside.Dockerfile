FROM scratch
RUN <<E
# not a comment \

x
E
