#: arg=GIVEN=given
#: arg=EMPTY=
FROM corpus/base
ARG GIVEN=default
ARG EMPTY=default
ARG NONE=default
ARG UNSET
RUN echo "[$GIVEN][$EMPTY][$NONE][${UNSET-unset}]" > /args
