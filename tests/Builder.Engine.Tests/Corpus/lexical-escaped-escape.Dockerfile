FROM corpus/base
RUN echo 'a\\b' > /x
RUN printf 'a\tb\n' > /y
