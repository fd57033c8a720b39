FROM scratch
ARG GIVEN=default
ARG EMPTY=default
RUN echo $GIVEN
