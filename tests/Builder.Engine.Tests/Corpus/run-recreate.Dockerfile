FROM corpus/base
RUN rm -r /opt/old && mkdir -p /opt/old/inner && echo other > /opt/old/inner/other
RUN mv /opt/old /opt/renamed
RUN echo x > /gone && rm /gone
RUN mkdir /d && echo 1 > /d/one && echo 2 > /d/two
RUN rm /d/one && echo 1 > /d/three
RUN rm -r /d && ln -s opt /d
