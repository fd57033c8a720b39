FROM corpus/base
RUN <<E
# a comment of the shell \

echo x > /x
E
