FROM scratch
RUN echo # x
LABEL a=b#c
