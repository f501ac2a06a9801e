"""nbgrader for this course: the same for its teacher and all learners. `book/instructor/hub.md` says where it goes."""

import os

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor

c = get_config()  # noqa: F821  nbgrader provides it

c.CourseDirectory.course_id = "side-by-side"
c.Exchange.root = os.environ.get("SIDEBYSIDE_HUB_STATE", "/srv/side-by-side") + "/exchange"  # a folder in which everybody may write

# What stands where an answer was taken out. `make exercises` reads it here too.
c.ClearSolutions.code_stub = {"python": "# your code here"}
c.ClearSolutions.text_stub = "*Your answer here.*"

c.ExecutePreprocessor.timeout = 300  # seconds a cell may take when work is graded


class WithoutWays(NbGraderPreprocessor):
    """What is handed out does not end with the way back to the exercise: it is the exercise, and lies in a folder of its own."""

    def preprocess(self, nb, resources):
        """Take the last cell away, by the tag that `sidebyside.grammar` calls NEXT."""
        nb.cells = [cell for cell in nb.cells if "next" not in cell.metadata.get("tags", [])]
        return nb, resources


c.GenerateAssignment.preprocessors.prepend([WithoutWays])


class HintsForTracebacks(NbGraderPreprocessor):
    """In the feedback, a check that failed shows its hint and no traceback."""

    def preprocess_cell(self, cell, resources, index):
        """Keep of each error the last line, which is the check's hint."""
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                output.traceback = [output.evalue or output.ename]
        return cell, resources


c.GenerateFeedback.preprocessors = [GetGrades, HintsForTracebacks, CSSHTMLHeaderPreprocessor]
