FROM corpus/base
RUN
RUN true
RUN ["true"]
