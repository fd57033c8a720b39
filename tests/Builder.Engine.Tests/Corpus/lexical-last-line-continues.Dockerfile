FROM corpus/base
RUN echo a > /a \
