FROM scratch
ENV A=1 \
# a comment \

    B=2 \
    \
    C=3
