FROM corpus/base AS first
SHELL ["/bin/sh", "-euc"]
RUN echo $- > /flags; (echo $UNSET) 2> /dev/null && touch /wrong || touch /right
CMD echo hi
FROM first
RUN echo $- > /inherited
SHELL ["/bin/env", "-i", "A=b", "/bin/sh", "-c"]
RUN echo $A-$HOME > /clean
ENTRYPOINT go
