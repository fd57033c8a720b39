FROM corpus/base
CMD before
SHELL ["/bin/sh", "-euc"]
ENTRYPOINT after
RUN echo $- > /flags
