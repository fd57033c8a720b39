FROM corpus/base
RUN echo x > /a && ln /a /b && ln /a /opt/c && ln -s /nowhere /dangling && ln -s loop /loop && ln -s ../opt/base.txt /etc/relative
RUN echo y >> /b
RUN rm /a
RUN mkdir /many && cd /many && echo 1 > x && ln x y && ln -s x z && rm x
