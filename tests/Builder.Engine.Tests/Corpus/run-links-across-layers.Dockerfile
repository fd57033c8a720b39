FROM corpus/base
RUN echo a > /a
RUN ln /a /b && ln -s a /c
RUN echo more >> /b
