# Case 64 of section 7, R4: HOME is that of the passwd file, else the root; a variable of the image is stronger
FROM corpus/base
RUN chmod 777 /opt; echo $HOME > /opt/root
USER ann
RUN echo $HOME > /opt/ann
USER 1000
RUN echo $HOME > /opt/number
USER 4711
RUN echo $HOME > /opt/unknown
ENV HOME=/set
RUN echo $HOME > /opt/set
ENV HOME=
RUN echo $HOME > /opt/empty
