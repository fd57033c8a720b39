#: arg=SOURCE_DATE_EPOCH=1000
# S4
FROM corpus/base
RUN echo "[$SOURCE_DATE_EPOCH]" > /not-declared
ARG SOURCE_DATE_EPOCH
RUN echo $SOURCE_DATE_EPOCH > /declared
