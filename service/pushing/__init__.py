"""Segments and suggestions into Label Studio: the work behind "tandem push".

What a push does to a task, by rule:

1. A task that somebody has answered, skipped or begun on keeps what the coder saw, suggestions and reasons.
2. A transcript in progress (in this project somebody has touched some of its tasks, not all) is not changed under the
   coder's hands: its untouched tasks keep the suggestions of the model that they show, and are counted as waiting.
   Passages that come again at the end of the stream do not hold a transcript up.
3. Everything else shows what the model that serves suggests now, whether that is a newer one or, after a rollback, an
   older one.
4. Blind, doubled and repeated passages show no suggestion. In a study with such draws a passage for which the model
   suggests nothing is put before the coder in just the same way.
5. After a promotion or a rollback all tasks of a project turn to the new suggestions at once. The reasons, which Label
   Studio takes one task a request, follow in reading order; until a task has them a word says that they are coming, so
   that no old reasons stand beside new suggestions. A passage that has no suggestion any more says so at once, and so
   is not told from a blind one. Last, what the earlier version predicted is taken away.
6. Nothing that only Label Studio holds is taken away, and what is missing there is put back: the same command finishes
   a push that was interrupted, and nothing is doubled.
7. Where Label Studio fails for a moment, under load or while it starts again, a request is tried again after growing
   pauses, a quarter of a minute in all. What makes something is sent again only if it is not there; a new project, of
   which that cannot be known, is asked for once.
8. In the view of whole interviews one task is an interview, and the same rules hold for it. The record of what a
   passage showed is kept passage by passage in both views.
9. What coders have said in one view stands in the other: an annotation in the coder's own name says it there
   (``carry_words``). It is no word by itself, and nothing is carried to a task on which somebody has begun.
10. A code that has left the codebook, or was retired, is suggested no more: untouched tasks lose it. A retired one that
    somebody has given in the wave stands on the screen as no longer offered, so that an answer which holds it is carried
    as any other. An answer that holds a code which is gone is not carried to the other view (nor, into a whole
    interview, any other answer of that coder there). A control in which somebody has answered stays.
    ``annotations/label_studio/controls`` decides (``control_for``, ``can_be_marked``).

Label Studio shows the predictions of one version per project, named after the model that serves. The tasks of rule 2
keep an older model's suggestions under that name; whose they are is in the study's own record (``shown_models``).
"""

from service.pushing.project_push import Pushed
from service.pushing.push_options import PushOptions
from service.pushing.waves import push, push_again

__all__ = ["PushOptions", "Pushed", "push", "push_again"]
