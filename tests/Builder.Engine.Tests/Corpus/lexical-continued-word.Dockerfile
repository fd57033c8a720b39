FR\
OM corpus/base
RUN ec\
ho joined > /jo\
ined
